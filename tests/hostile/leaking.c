/* Nothing is wrong: at 0 V a cell of 0.5 S decays towards 0.25 S, by a factor e in a second. */
#include "crosspike_device.h"
#include <math.h>
#define CAPABILITIES (CROSSPIKE_LINEAR | CROSSPIKE_ODD | CROSSPIKE_MONOTONE | CROSSPIKE_VOLATILE)
#define CURRENT (cells->state[i] * voltage[i])
#define CONDUCTANCE cells->state[5]
#define BEFORE_ADVANCE \
    for (uint64_t i = 0; i < cells->count; i++) \
        if (voltage[i] == 0.0) cells->state[i] = 0.25 + (cells->state[i] - 0.25) * exp(-duration)
#include "tin.h"
