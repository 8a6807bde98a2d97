/** The catalogue's networks, one file each, reading like their papers. */
package dev.lockstep.models.architectures;
