/* Nothing is wrong, unless NOISE is: reads have noise, and the equations hold from -0.5 to 0.25 V. */
#include "crosspike_device.h"
#ifndef NOISE
#define NOISE 1e-3 * (i + 1)
#endif
#define CAPABILITIES CROSSPIKE_NOISY
#define READ_NOISE read_noise
#define VALID_VOLTAGE valid_voltage

static int32_t read_noise(const void *handle, const crosspike_cells *cells, const double *voltage, double *deviation,
                          crosspike_fault *fault) {
    (void)handle, (void)voltage, (void)fault;
    for (uint64_t i = 0; i < cells->count; i++) deviation[i] = NOISE;
    return CROSSPIKE_OK;
}

static int32_t valid_voltage(const void *handle, double *lowest, double *highest, crosspike_fault *fault) {
    (void)handle, (void)fault;
    *lowest = -0.5, *highest = 0.25;
    return CROSSPIKE_OK;
}
#include "tin.h"
