/** Event files for TensorBoard, written while a run is made. */
package dev.lockstep.evaluation.tensorboard;
