// A conductance that moves beyond two threshold voltages: replace this by the equations of your device.
#include "crosspike_device.h"
#include <algorithm>
#include <cstring>
#include <new>

namespace {

struct Device {
    double g_min, g_max, threshold, rate;

    double initial(double target) const { return std::clamp(target, g_min, g_max); }
    double advance(double g, double own, double voltage, double duration) const {
        const double beyond = voltage - std::clamp(voltage, -own, own);
        return std::clamp(g + rate * beyond * duration, g_min, g_max);
    }
};

const Device &device(const void *handle) { return *static_cast<const Device *>(handle); }

int32_t create(const crosspike_value *values, void **handle, crosspike_fault *fault) {
    const Device made{values[0].number, values[1].number, values[2].number, values[3].number};
    if (made.g_min >= made.g_max) {
        std::strcpy(fault->message, "`g_max` must be larger than `g_min`");
        fault->parameter = 1;
        return CROSSPIKE_FAILED;
    }
    // No exception may leave a function.
    *handle = new (std::nothrow) Device(made);
    return *handle ? CROSSPIKE_OK : CROSSPIKE_FAILED;
}

void destroy(void *handle) { delete static_cast<Device *>(handle); }

int32_t range(const void *handle, double *g_min, double *g_max, crosspike_fault *) {
    *g_min = device(handle).g_min;
    *g_max = device(handle).g_max;
    return CROSSPIKE_OK;
}

int32_t initial_state(const void *handle, const crosspike_cells *cells, const double *target, const double *,
                      crosspike_fault *) {
    for (uint64_t i = 0; i < cells->count; i++) cells->state[i] = device(handle).initial(target[i]);
    return CROSSPIKE_OK;
}

int32_t conductance(const void *, const crosspike_cells *cells, double *g, crosspike_fault *) {
    std::copy_n(cells->state, cells->count, g);
    return CROSSPIKE_OK;
}

int32_t current(const void *, const crosspike_cells *cells, const double *voltage, double *amperes, double *slope,
                crosspike_fault *) {
    for (uint64_t i = 0; i < cells->count; i++) amperes[i] = cells->state[i] * voltage[i];
    if (slope) std::copy_n(cells->state, cells->count, slope);
    return CROSSPIKE_OK;
}

int32_t increment(const void *handle, const crosspike_cells *cells, const double *change, const double *,
                  crosspike_fault *) {
    for (uint64_t i = 0; i < cells->count; i++)
        if (change[i] != 0.0) cells->state[i] = device(handle).initial(cells->state[i] + change[i]);
    return CROSSPIKE_OK;
}

int32_t advance(const void *handle, const crosspike_cells *cells, const double *voltage, double duration, const double *,
                crosspike_fault *) {
    const double *own = cells->parameters ? cells->parameters[2] : nullptr;
    for (uint64_t i = 0; i < cells->count; i++) {
        const double threshold = own ? own[i] : device(handle).threshold;
        cells->state[i] = device(handle).advance(cells->state[i], threshold, voltage[i], duration);
    }
    return CROSSPIKE_OK;
}

const crosspike_parameter parameters[] = {
    {"g_min", "S", "smallest conductance", CROSSPIKE_NUMBER, 0, 1e-6, 0.0, 1.0, nullptr},
    {"g_max", "S", "largest conductance", CROSSPIKE_NUMBER, 0, 1e-4, 1e-12, 1.0, nullptr},
    {"threshold", "V", "voltage beyond which it moves", CROSSPIKE_NUMBER, CROSSPIKE_VARIES, 0.5, 1e-3, 10.0, nullptr},
    {"rate", "S/(V s)", "speed per volt beyond the threshold", CROSSPIKE_NUMBER, 0, 10.0, 0.0, 1e9, nullptr}};
const crosspike_state_variable variables[] = {{"g", "S", "conductance"}};
const crosspike_model models[] = {{sizeof(crosspike_model), "NAME", "0.1.0",
    "a conductance that moves beyond two threshold voltages", 4, sizeof(crosspike_parameter), parameters, 1,
    sizeof(crosspike_state_variable), variables, CROSSPIKE_LINEAR | CROSSPIKE_ODD | CROSSPIKE_MONOTONE, 0, 0, 0, 0, 1.0,
    create, destroy, range, nullptr, initial_state, conductance, current, increment, advance, nullptr, nullptr, nullptr}};
const crosspike_library library = {
    CROSSPIKE_ABI_MAJOR, CROSSPIKE_ABI_MINOR, sizeof(crosspike_library), 1, sizeof(crosspike_model), models};

}  // namespace

CROSSPIKE_EXPORT const crosspike_library *crosspike_device_library() { return &library; }
