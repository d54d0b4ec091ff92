/* Declares noise that no cell has. */
#include "crosspike_device.h"
#define CAPABILITIES (CROSSPIKE_HAS_LEVELS | CROSSPIKE_NOISY)
#define CURRENT (cells->state[i] * voltage[i])
#define READ_NOISE read_noise

static int32_t read_noise(const void *handle, const crosspike_cells *cells, const double *voltage, double *deviation,
                          crosspike_fault *fault) {
    (void)handle, (void)voltage, (void)fault;
    for (uint64_t i = 0; i < cells->count; i++) deviation[i] = 0.0;
    return CROSSPIKE_OK;
}
#include "tin.h"
