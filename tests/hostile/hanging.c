/* Never comes back from a pulse. */
#include "crosspike_device.h"
#define CAPABILITIES CAPABLE
#define CAPABLE CROSSPIKE_HAS_LEVELS
#define CURRENT (cells->state[i] * voltage[i])
#define BEFORE_ADVANCE \
    for (volatile int i = 0;;) (void)i
#include "tin.h"
