/** Files to Delta tables, whole or not at all, with a report of what was taken for what. */
package dev.lockstep.data.ingest;
