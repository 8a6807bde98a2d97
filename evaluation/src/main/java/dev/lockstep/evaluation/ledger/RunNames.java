package dev.lockstep.evaluation.ledger;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.Names;
import java.util.List;

/**
 * The ids of a ledger's runs.
 *
 * @param ledger where the ledger is
 * @param ids the ids, the newest row's first; a run that was resumed may be there twice
 */
record RunNames(String ledger, List<String> ids) {
  RunNames {
    ids = List.copyOf(ids);
  }

  /**
   * The id that a person means.
   *
   * @param name an id, the beginning of it that no other has, or {@code latest}
   * @throws LockstepException if there is none, or several
   */
  String find(String name) {
    if (name.equals(Ledger.LATEST)) {
      return ids.stream()
          .findFirst()
          .orElseThrow(() -> new LockstepException("the ledger has no runs yet", "Make one"));
    }
    if (ids.contains(name)) {
      return name;
    }
    List<String> found = ids.stream().filter(id -> id.startsWith(name)).distinct().toList();
    if (found.isEmpty()) {
      throw new LockstepException(
          "no run '%s' in the ledger %s".formatted(name, ledger),
          "Did you mean '%s'? 'lockstep runs' lists them".formatted(Names.nearest(name, ids)));
    }
    if (found.size() > 1) {
      throw new LockstepException(
          "several runs begin with '%s', such as %s and %s"
              .formatted(name, found.get(0), found.get(1)),
          "Give more of the id");
    }
    return found.get(0);
  }
}
