/** What a result depends on: data and environment, as reports show it and the ledger keeps it. */
package dev.lockstep.evaluation.provenance;
