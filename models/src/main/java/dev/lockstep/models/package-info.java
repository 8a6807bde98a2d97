/**
 * Tabular networks as DJL blocks, and the one contract that they share. DJL lives here; Spark does
 * not.
 */
package dev.lockstep.models;
