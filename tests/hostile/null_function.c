/* Lacks a function that every model has. */
#define INCREMENT NULL
#include "tin.h"
