/* Gives up during a pulse. */
#include "crosspike_device.h"
#define CAPABILITIES CAPABLE
#define CAPABLE CROSSPIKE_HAS_LEVELS
#include <stdlib.h>
#define CURRENT (cells->state[i] * voltage[i])
#define BEFORE_ADVANCE abort()
#include "tin.h"
