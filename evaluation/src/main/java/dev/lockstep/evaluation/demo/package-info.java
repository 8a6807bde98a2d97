/** A made-up shop, from events to a comparison: what {@code lockstep demo} shows. */
package dev.lockstep.evaluation.demo;
