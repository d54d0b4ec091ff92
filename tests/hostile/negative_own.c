/* Answers a negative conductance where a cell has a parameter of its own. */
#define OWN -1.0
#include "own.c"
