/**
 * What all commands share: the Spark session, where results and progress go; and the commands whose
 * work is the data's. A command lives in the module whose work it does.
 */
package dev.lockstep.data.command;
