package dev.lockstep.distributor.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.distributor.spec.TrainingOptions;

/** Variations of a training specification. */
final class Specs {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Specs() {}

  /** The same with another value for one key. */
  static TrainingOptions with(TrainingOptions spec, String key, Object value) {
    ObjectNode tree = JSON.valueToTree(spec);
    tree.set(key, JSON.valueToTree(value));
    return JSON.convertValue(tree, TrainingOptions.class);
  }
}
