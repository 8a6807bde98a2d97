/** What an experiment says of its data: table, label, features, split. */
package dev.lockstep.data.spec;
