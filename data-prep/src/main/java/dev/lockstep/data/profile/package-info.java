/** What a table's used columns hold, for a person to look at: counts, ranges, shares, drift. */
package dev.lockstep.data.profile;
