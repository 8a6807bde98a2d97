/** How to train, as an experiment says it. */
package dev.lockstep.distributor.spec;
