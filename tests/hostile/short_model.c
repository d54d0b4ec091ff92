/* Declares a model table that ends before its functions. */
#define MODEL_SIZE 112
#include "tin.h"
