/** Many tables compared by one protocol. */
package dev.lockstep.evaluation.suite;
