/* A cell of 0.5 S that obeys the contract, except for the part that the including file replaces. */
#include "crosspike_device.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

#ifndef MAJOR
#define MAJOR CROSSPIKE_ABI_MAJOR
#endif
#ifndef MINOR
#define MINOR CROSSPIKE_ABI_MINOR
#endif
#ifndef LIBRARY_SIZE
#define LIBRARY_SIZE sizeof(crosspike_library)
#endif
#ifndef MODEL_SIZE
#define MODEL_SIZE sizeof(crosspike_model)
#endif
#ifndef INCREMENT
#define INCREMENT change
#endif
#ifndef CONDUCTANCE
#define CONDUCTANCE 0.5
#endif
#ifndef CURRENT
#define CURRENT 0.0
#endif
#ifndef SLOPE
#define SLOPE 0.5
#endif
#ifndef BEFORE_ADVANCE
#define BEFORE_ADVANCE
#endif
#ifndef ADVANCE_DRAWS
#define ADVANCE_DRAWS 0
#endif

static int32_t create(const crosspike_value *values, void **handle, crosspike_fault *fault) {
    (void)values, (void)fault;
    *handle = NULL;
    return CROSSPIKE_OK;
}

static void destroy(void *handle) { (void)handle; }

static int32_t range(const void *handle, double *g_min, double *g_max, crosspike_fault *fault) {
    (void)handle, (void)fault;
    *g_min = 0.25;
    *g_max = 1.0;
    return CROSSPIKE_OK;
}

static int32_t change(const void *handle, const crosspike_cells *cells, const double *delta, const double *uniform,
                      crosspike_fault *fault) {
    (void)handle, (void)delta, (void)uniform, (void)fault;
    for (uint64_t i = 0; i < cells->count; i++) cells->state[i] = 0.5;
    return CROSSPIKE_OK;
}

static int32_t conductance(const void *handle, const crosspike_cells *cells, double *g, crosspike_fault *fault) {
    (void)handle, (void)fault;
    for (uint64_t i = 0; i < cells->count; i++) g[i] = i == 5 ? CONDUCTANCE : cells->state[i];
    return CROSSPIKE_OK;
}

static int32_t current(const void *handle, const crosspike_cells *cells, const double *voltage, double *i_out,
                       double *slope, crosspike_fault *fault) {
    (void)handle, (void)voltage, (void)fault;
    for (uint64_t i = 0; i < cells->count; i++) i_out[i] = CURRENT;
    for (uint64_t i = 0; slope && i < cells->count; i++) slope[i] = SLOPE;
    return CROSSPIKE_OK;
}

static int32_t advance(const void *handle, const crosspike_cells *cells, const double *voltage, double duration,
                       const double *uniform, crosspike_fault *fault) {
    (void)handle, (void)cells, (void)voltage, (void)duration, (void)uniform, (void)fault;
    BEFORE_ADVANCE;
    return CROSSPIKE_OK;
}

#ifdef FAILING
static int32_t failing(const void *handle, const crosspike_cells *cells, const double *delta, const double *uniform,
                       crosspike_fault *fault) {
    (void)handle, (void)cells, (void)delta, (void)uniform;
    strcpy(fault->message, "the filament has burnt through");
    fault->cell = 3;
    return 42;
}
#endif

static const crosspike_state_variable state[] = {{"g", "S", "conductance"}};

#ifdef PARAMETERS
static const crosspike_parameter parameters[] = {PARAMETERS};
#endif

static const crosspike_model models[] = {{
    .struct_size = MODEL_SIZE,
    .name = "tin",
    .version = "1",
    .text = "a cell of 0.5 S",
#ifdef PARAMETERS
    .parameter_count = sizeof(parameters) / sizeof(*parameters),
    .parameters = parameters,
#endif
    .parameter_stride = sizeof(crosspike_parameter),
    .state_count = 1,
    .state_stride = sizeof(crosspike_state_variable),
    .state = state,
#ifdef CAPABILITIES
    .capabilities = CAPABILITIES,
#endif
    .advance_draws = ADVANCE_DRAWS,
    .reference_voltage = 1.0,
    .create = create,
    .destroy = destroy,
    .range = range,
    .initial_state = change,
    .conductance = conductance,
    .current = current,
    .increment = INCREMENT,
    .advance = advance,
#ifdef READ_NOISE
    .read_noise = READ_NOISE,
#endif
#ifdef VALID_VOLTAGE
    .valid_voltage = VALID_VOLTAGE,
#endif
}};

static const crosspike_library library = {MAJOR, MINOR, LIBRARY_SIZE, 1, sizeof(crosspike_model), models};

#ifndef NO_SYMBOL
const crosspike_library *crosspike_device_library(void) { return &library; }
#else
const crosspike_library *another_name(void) { return &library; }
#endif
