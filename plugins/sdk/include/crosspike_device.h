/* A device model is a table of text and functions in a dynamic library; this file is the whole contract, version 1.0.
 *
 * A library exports one symbol, crosspike_device_library. It is found by its file name,
 * libcrosspike_model_NAME.so (.dylib, or crosspike_model_NAME.dll), opened once and never closed.
 *
 * Growth: version 1.0 is frozen. A later minor version only appends members to crosspike_model, crosspike_parameter,
 * crosspike_state_variable and crosspike_library, each of which says its own size or stride: the program reads what a
 * library does not have as zero or NULL, and passes over what it does not know. crosspike_cells, crosspike_value,
 * crosspike_fault and the signatures below never change within version 1. A program loads a library whose major version is
 * its own and whose minor version is at most its own; a library that does without what later versions added declares
 * the older minor version, and loads in older programs too. Version 1 also loads the libraries of 0.1 and 0.2, which lack
 * `read_noise` and `valid_voltage`.
 *
 * Memory: every table and text belongs to the library, is constant and lives as long as the process. State, random
 * numbers and outputs belong to the program; a library keeps no pointer to them beyond the call. A library writes to
 * the state only where a function says so, and only within the given cells.
 *
 * Threads: after `create`, all functions but `destroy` may run at the same time on one handle and disjoint cells.
 * Nothing may depend on which cells share a call: split at any multiple of 8 cells, the results keep every bit.
 *
 * Failure: 0 (CROSSPIKE_OK) is success. Any other status ends the run; the library writes a message into `fault` and,
 * where one is to blame, the cell or the parameter. State and outputs of a failed call are not used any more. No C++
 * exception and no longjmp may leave a function.
 *
 * Units are SI: siemens, volt, ampere, second. All numbers are IEEE 754 doubles.
 */
#ifndef CROSSPIKE_DEVICE_H
#define CROSSPIKE_DEVICE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CROSSPIKE_ABI_MAJOR 1u
#define CROSSPIKE_ABI_MINOR 0u

/* Status of a call. Every other value is a failure too. */
#define CROSSPIKE_OK 0
#define CROSSPIKE_FAILED 1
#define CROSSPIKE_PANICKED 2

/* "No cell", "no parameter" in a fault. */
#define CROSSPIKE_NONE UINT64_MAX

/* Kinds of parameter. */
#define CROSSPIKE_NUMBER 0u
#define CROSSPIKE_CHOICE 1u
#define CROSSPIKE_LIST 2u

/* Flags of a parameter. */
#define CROSSPIKE_REQUIRED 1u /* must be given: the default does not count */
#define CROSSPIKE_INTEGER 2u  /* whole numbers only */
#define CROSSPIKE_VARIES 4u   /* each cell may have a value of its own; a CROSSPIKE_NUMBER without CROSSPIKE_INTEGER */

/* Capabilities of a model. */
#define CROSSPIKE_LINEAR UINT64_C(1)      /* current = conductance x voltage, at every voltage */
#define CROSSPIKE_ODD UINT64_C(2)         /* current(-v) = -current(v) */
#define CROSSPIKE_MONOTONE UINT64_C(4)    /* the current never falls while the voltage rises */
#define CROSSPIKE_HAS_LEVELS UINT64_C(8)  /* the conductance takes discrete values */
#define CROSSPIKE_STOCHASTIC UINT64_C(16) /* some call uses random numbers */
#define CROSSPIKE_VOLATILE UINT64_C(32)   /* `advance` at 0 V changes the state */
#define CROSSPIKE_NOISY UINT64_C(64)      /* reads have noise: there is a `read_noise` */
#define CROSSPIKE_PULSED UINT64_C(128)    /* an `advance` is one pulse: parts of it do not add up to the whole */

/* Where a call failed. The program sets the message to "" and both numbers to CROSSPIKE_NONE before each call. */
typedef struct crosspike_fault {
    char message[256];  /* UTF-8, terminated by NUL; a lowercase fragment that says what was found and expected */
    uint64_t cell;      /* index within the given cells */
    uint64_t parameter; /* index in the table of parameters (`create` only) */
} crosspike_fault;

/* One parameter of a model. Strides between parameters are crosspike_model.parameter_stride. */
typedef struct crosspike_parameter {
    const char *name;           /* lowercase letters, digits and underscores, beginning with a letter */
    const char *unit;           /* symbol without prefix: "S", "V", "s", "ohm", ...; "1" for plain numbers */
    const char *text;           /* one sentence for a user */
    uint32_t kind;              /* CROSSPIKE_NUMBER, CROSSPIKE_CHOICE or CROSSPIKE_LIST */
    uint32_t flags;             /* CROSSPIKE_REQUIRED, CROSSPIKE_INTEGER, CROSSPIKE_VARIES */
    double default_value;       /* of a number, in SI (NaN: may be left out and is then NaN); of a choice, its index */
    double min, max;            /* allowed range of a number, and of each number of a list; both ends allowed */
    const char *const *choices; /* names of a choice, ended by NULL; NULL for other kinds */
} crosspike_parameter;

/* The value of one parameter, in the order of the table. */
typedef struct crosspike_value {
    double number;       /* of a number, in SI; of a choice, its index; otherwise 0 */
    const double *list;  /* of a list, in SI; valid during the call only */
    uint64_t list_count; /* 0 where the list was not given */
} crosspike_value;

/* One variable of the state of a cell. Strides between variables are crosspike_model.state_stride. */
typedef struct crosspike_state_variable {
    const char *name; /* as for a parameter */
    const char *unit; /* as for a parameter */
    const char *text; /* one sentence */
} crosspike_state_variable;

/* A batch of cells. Variable k of cell i is state[k * stride + i]; state is 64-byte aligned where the whole array is
 * given, and always 8-byte aligned. Cells that only fill the last group of 8 hold valid states like any other.
 *
 * `parameters` is NULL where every cell has the values of `create`. Otherwise it has one entry per parameter of the
 * table: NULL where every cell has the value of `create`, or a column aligned like the state: cell i has the value
 * parameters[p][i]. Only parameters with CROSSPIKE_VARIES have columns. Each value lies within the range of its
 * parameter, but two values of a cell need not fit together as `create` demands (its g_min may lie above its g_max): the
 * model says what it makes of them, and does not fail. A cell has the same values in `initial_state`, `conductance`,
 * `current` and `time_to_next_level`; `increment` and `advance` may give it others, new ones at every write: its state
 * may have come from other values than those at hand. */
typedef struct crosspike_cells {
    uint64_t count;  /* a multiple of 8 */
    uint64_t stride; /* at least count */
    double *state;
    const double *const *parameters; /* read-only */
} crosspike_cells;

/* One device model. `uniform` below holds numbers of the open interval (0, 1): draw d of cell i is
 * uniform[d * count + i]. The program supplies as many draws per cell as the model declares for the call. */
typedef struct crosspike_model {
    uint64_t struct_size;     /* sizeof(crosspike_model) */
    const char *name;         /* as a scenario names it: lowercase letters, digits, '-' and '_' */
    const char *version;      /* of the model */
    const char *text;         /* one sentence */
    uint64_t parameter_count; /* at most 256 */
    uint64_t parameter_stride; /* sizeof(crosspike_parameter) */
    const crosspike_parameter *parameters;
    uint64_t state_count;  /* 1 to 64 variables per cell */
    uint64_t state_stride; /* sizeof(crosspike_state_variable) */
    const crosspike_state_variable *state;
    uint64_t capabilities;    /* CROSSPIKE_LINEAR, ... */
    uint32_t initial_draws;   /* random numbers per cell for `initial_state`; each of the three at most 64 */
    uint32_t increment_draws; /* for `increment` */
    uint32_t advance_draws;   /* for `advance` */
    uint32_t reserved;        /* 0 */
    double reference_voltage; /* of `conductance`, in volt; 0 means the slope at 0 V */

    /* Makes a parametrised model. Called once per use of the model in a scenario, before all other functions, with one
     * value per parameter, each within its range. The library owns *handle, which may be NULL where it needs none.
     * Failure: the values do not fit together; *handle is not used and not destroyed. */
    int32_t (*create)(const crosspike_value *values, void **handle, crosspike_fault *fault);

    /* Frees what `create` made. Called at most once, after all other calls. */
    void (*destroy)(void *handle);

    /* The smallest and the largest conductance of a cell with the values of `create`, in siemens:
     * 0 <= *g_min < *g_max, both finite. Called once, after `create`. */
    int32_t (*range)(const void *handle, double *g_min, double *g_max, crosspike_fault *fault);

    /* The smallest size of an increment, in siemens, that can change some state; 0 where every size can. Called once,
     * after `create`, for a warning. May be NULL: 0. */
    int32_t (*dead_zone)(const void *handle, double *smallest, crosspike_fault *fault);

    /* Writes the state whose conductance is nearest to target[i], in siemens; targets beyond the range are clipped. */
    int32_t (*initial_state)(const void *handle, const crosspike_cells *cells, const double *target,
                             const double *uniform, crosspike_fault *fault);

    /* The conductance of each cell, current / voltage at reference_voltage, in siemens. It lies within the range; where
     * cells have parameters of their own, it is finite and 0 or more (checked). Does not write to the state. */
    int32_t (*conductance)(const void *handle, const crosspike_cells *cells, double *conductance,
                           crosspike_fault *fault);

    /* The current in ampere through each cell at voltage[i], and its derivative by the voltage in siemens where slope
     * is not NULL. Both are finite (checked). Does not write to the state. */
    int32_t (*current)(const void *handle, const crosspike_cells *cells, const double *voltage, double *current,
                       double *slope, crosspike_fault *fault);

    /* Changes the conductance of each cell by change[i], in siemens and of either sign, as far as the device can.
     * A change of 0 leaves the state as it is, whatever its random numbers. */
    int32_t (*increment)(const void *handle, const crosspike_cells *cells, const double *change,
                         const double *uniform, crosspike_fault *fault);

    /* Brings the state of each cell forward by `duration` seconds (0 or more) at the constant voltage[i]. 0 V is drift
     * and retention. */
    int32_t (*advance)(const void *handle, const crosspike_cells *cells, const double *voltage, double duration,
                       const double *uniform, crosspike_fault *fault);

    /* The seconds until the conductance of each cell next takes another level at the constant voltage[i]; infinity for
     * never. Does not write to the state. May be NULL: never. */
    int32_t (*time_to_next_level)(const void *handle, const crosspike_cells *cells, const double *voltage,
                                  double *seconds, crosspike_fault *fault);

    /* The standard deviation of the current of each cell from one read to the next at voltage[i], in ampere: finite, 0 or
     * more (checked). The program draws it anew for every cell and read, from a normal distribution around `current`.
     * Does not write to the state. Called of models with CROSSPIKE_NOISY only, and may be NULL in others. Not in 0.1 and
     * 0.2. */
    int32_t (*read_noise)(const void *handle, const crosspike_cells *cells, const double *voltage, double *deviation,
                          crosspike_fault *fault);

    /* The voltages between which the equations are known to hold, in volt: *lowest <= 0 <= *highest. Called once, after
     * `create`; the program warns of a scenario that goes beyond, and goes on. May be NULL: all voltages. Not in 0.1 and
     * 0.2. */
    int32_t (*valid_voltage)(const void *handle, double *lowest, double *highest, crosspike_fault *fault);
} crosspike_model;

/* What a library holds. */
typedef struct crosspike_library {
    uint32_t abi_major;    /* CROSSPIKE_ABI_MAJOR */
    uint32_t abi_minor;    /* CROSSPIKE_ABI_MINOR */
    uint64_t struct_size;  /* sizeof(crosspike_library) */
    uint64_t model_count;  /* 1 to 256 */
    uint64_t model_stride; /* sizeof(crosspike_model) */
    const crosspike_model *models;
} crosspike_library;

#if defined(_WIN32)
#define CROSSPIKE_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define CROSSPIKE_EXPORT __attribute__((visibility("default")))
#else
#define CROSSPIKE_EXPORT
#endif

/* The one exported symbol. Called once, from any thread, right after the library was opened. Never returns NULL. */
CROSSPIKE_EXPORT const crosspike_library *crosspike_device_library(void);

#ifdef __cplusplus
}
#endif

#endif
