/* A conductance that moves beyond two threshold voltages: replace this by the equations of your device. */
#include "crosspike_device.h"
#include <stdlib.h>
#include <string.h>
typedef struct { double g_min, g_max, threshold, rate; } device;

#define FUNCTION(name, ...) \
    static int32_t name(const void *handle, const crosspike_cells *cells, __VA_ARGS__, crosspike_fault *fault)
#define EACH_CELL const device *d = handle; (void)d, (void)fault; for (uint64_t i = 0; i < cells->count; i++)

static double clip(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

static int32_t create(const crosspike_value *values, void **handle, crosspike_fault *fault) {
    device made = {values[0].number, values[1].number, values[2].number, values[3].number}, *kept = malloc(sizeof made);
    if (!kept || made.g_min >= made.g_max) {
        strcpy(fault->message, kept ? "`g_max` must be larger than `g_min`" : "there is no memory");
        return free(kept), fault->parameter = 1, CROSSPIKE_FAILED;
    }
    return *kept = made, *handle = kept, CROSSPIKE_OK;
}
static int32_t range(const void *handle, double *g_min, double *g_max, crosspike_fault *fault) {
    return (void)fault, *g_min = ((device *)handle)->g_min, *g_max = ((device *)handle)->g_max, CROSSPIKE_OK;
}
FUNCTION(initial_state, const double *target, const double *uniform) {
    EACH_CELL cells->state[i] = clip(target[i], d->g_min, d->g_max);
    return (void)uniform, CROSSPIKE_OK;
}
FUNCTION(conductance, double *g) {
    EACH_CELL g[i] = cells->state[i];
    return CROSSPIKE_OK;
}
FUNCTION(current, const double *voltage, double *amperes, double *slope) {
    EACH_CELL { amperes[i] = cells->state[i] * voltage[i]; if (slope) slope[i] = cells->state[i]; }
    return CROSSPIKE_OK;
}
FUNCTION(increment, const double *change, const double *uniform) {
    EACH_CELL if (change[i] != 0.0) cells->state[i] = clip(cells->state[i] + change[i], d->g_min, d->g_max);
    return (void)uniform, CROSSPIKE_OK;
}
FUNCTION(advance, const double *voltage, double duration, const double *uniform) {
    EACH_CELL {
        double own = cells->parameters && cells->parameters[2] ? cells->parameters[2][i] : d->threshold;
        double beyond = voltage[i] - clip(voltage[i], -own, own);
        cells->state[i] = clip(cells->state[i] + d->rate * beyond * duration, d->g_min, d->g_max);
    }
    return (void)uniform, CROSSPIKE_OK;
}
static const crosspike_parameter parameters[] = {
    {"g_min", "S", "smallest conductance", CROSSPIKE_NUMBER, 0, 1e-6, 0.0, 1.0, NULL},
    {"g_max", "S", "largest conductance", CROSSPIKE_NUMBER, 0, 1e-4, 1e-12, 1.0, NULL},
    {"threshold", "V", "voltage beyond which it moves", CROSSPIKE_NUMBER, CROSSPIKE_VARIES, 0.5, 1e-3, 10.0, NULL},
    {"rate", "S/(V s)", "speed per volt beyond the threshold", CROSSPIKE_NUMBER, 0, 10.0, 0.0, 1e9, NULL}};
static const crosspike_state_variable variables[] = {{"g", "S", "conductance"}};
static const crosspike_model models[] = {{sizeof(crosspike_model), "NAME", "0.1.0", "moves beyond two threshold voltages", 4,
    sizeof(crosspike_parameter), parameters, 1, sizeof(crosspike_state_variable), variables,
    CROSSPIKE_LINEAR | CROSSPIKE_ODD | CROSSPIKE_MONOTONE, 0, 0, 0, 0, 1.0, create, free, range, NULL, initial_state, conductance,
    current, increment, advance, NULL, NULL, NULL}};
static const crosspike_library library = {1, 0, sizeof(crosspike_library), 1, sizeof(crosspike_model), models};
CROSSPIKE_EXPORT const crosspike_library *crosspike_device_library(void) { return &library; }
