/** What an experiment on a table could be, found out from the table, for a person to change. */
package dev.lockstep.data.proposal;
