/** From columns of a table to what networks and trees are fed, fitted on the train split alone. */
package dev.lockstep.data.features;
