/* Reports a failure with a message and a cell. */
#define FAILING
#define INCREMENT failing
#include "tin.h"
