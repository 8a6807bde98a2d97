/** The experiment file: what a run is, as data. */
package dev.lockstep.distributor.experiment;
