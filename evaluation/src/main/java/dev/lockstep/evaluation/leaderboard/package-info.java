/** Models over many tables: standings, and what of them is more than chance. */
package dev.lockstep.evaluation.leaderboard;
