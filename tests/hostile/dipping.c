/* Says that its current never falls, and lets it fall. */
#include "crosspike_device.h"
#define CAPABILITIES (CROSSPIKE_HAS_LEVELS | CROSSPIKE_MONOTONE)
#define CURRENT (cells->state[i] * (voltage[i] - voltage[i] * voltage[i] * voltage[i]))
#define SLOPE (0.5 - 1.5 * voltage[i] * voltage[i])
#include "tin.h"
