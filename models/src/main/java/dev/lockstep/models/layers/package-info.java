/**
 * What the networks are made of: layers, numerical embeddings, normalisations, each once. A layer
 * knows nothing of the network that it is part of.
 */
package dev.lockstep.models.layers;
