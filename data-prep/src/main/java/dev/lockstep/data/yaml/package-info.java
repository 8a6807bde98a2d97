/** Experiment and recipe files: texts that become typed values, with errors that name the key. */
package dev.lockstep.data.yaml;
