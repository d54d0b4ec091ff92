/* Nothing is wrong: cells of 0.5 S whose current differs by 5 % from read to read, at up to 0.3 V either way. */
#include "crosspike_device.h"
#include <math.h>
#define CAPABILITIES (CROSSPIKE_LINEAR | CROSSPIKE_ODD | CROSSPIKE_MONOTONE | CROSSPIKE_NOISY)
#define CURRENT (cells->state[i] * voltage[i])
#define READ_NOISE read_noise
#define VALID_VOLTAGE valid_voltage

static int32_t read_noise(const void *handle, const crosspike_cells *cells, const double *voltage, double *deviation,
                          crosspike_fault *fault) {
    (void)handle, (void)fault;
    for (uint64_t i = 0; i < cells->count; i++) deviation[i] = 0.05 * fabs(cells->state[i] * voltage[i]);
    return CROSSPIKE_OK;
}

static int32_t valid_voltage(const void *handle, double *lowest, double *highest, crosspike_fault *fault) {
    (void)handle, (void)fault;
    *lowest = -0.3, *highest = 0.3;
    return CROSSPIKE_OK;
}
#include "tin.h"
