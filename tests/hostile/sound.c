/* Nothing is wrong: what the others are compared with. */
#include "tin.h"
