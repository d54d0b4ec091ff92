/* Falls over during a pulse. */
#include "crosspike_device.h"
#define CAPABILITIES CAPABLE
#define CAPABLE CROSSPIKE_HAS_LEVELS
#define CURRENT (cells->state[i] * voltage[i])
#define BEFORE_ADVANCE *(volatile int *)NULL = 1
#include "tin.h"
