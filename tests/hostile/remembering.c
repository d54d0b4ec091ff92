/* Keeps a state of its own between calls. */
#include "crosspike_device.h"
#define CAPABILITIES CAPABLE
#define CAPABLE CROSSPIKE_HAS_LEVELS
#define CURRENT (cells->state[i] * voltage[i])
#define BEFORE_ADVANCE \
    static double memory;  \
    cells->state[0] = 0.5 + 1e-3 * (memory += 1.0)
#include "tin.h"
