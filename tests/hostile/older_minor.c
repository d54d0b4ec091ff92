/* Nothing is wrong: was built for the first version of the interface, whose cells end with their state. */
#define MINOR 1
#include "tin.h"
