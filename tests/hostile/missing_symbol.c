/* Exports another symbol than the one of the contract. */
#define NO_SYMBOL
#include "tin.h"
