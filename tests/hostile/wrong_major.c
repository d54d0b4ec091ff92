/* Was built for another major version. */
#define MAJOR 7
#include "tin.h"
