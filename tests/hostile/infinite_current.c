/* Answers an infinite current. */
#define CURRENT INFINITY
#include "tin.h"
