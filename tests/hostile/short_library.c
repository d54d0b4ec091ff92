/* Declares a library table of half its size. */
#define LIBRARY_SIZE 20
#include "tin.h"
