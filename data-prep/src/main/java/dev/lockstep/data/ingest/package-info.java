/**
 * Files to Delta tables, whole or not at all, with a report of the names, types and missing values
 * found.
 */
package dev.lockstep.data.ingest;
