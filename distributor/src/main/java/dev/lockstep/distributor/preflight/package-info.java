/**
 * Whether a cluster can do a job, found out before it begins: settings, slots, folders, and what
 * every executor has (libtorch, disk, memory, ways to the others). What is wrong with a table or an
 * experiment is said elsewhere.
 */
package dev.lockstep.distributor.preflight;
