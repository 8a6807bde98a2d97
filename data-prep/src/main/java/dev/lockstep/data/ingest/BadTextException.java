package dev.lockstep.data.ingest;

import java.io.IOException;

/** A file that is not the text it should be; the message says why, without the file's name. */
final class BadTextException extends IOException {
  private final String remedy;

  BadTextException(String problem, String remedy) {
    super(problem);
    this.remedy = remedy;
  }

  /** What the user can do. */
  String remedy() {
    return remedy;
  }
}
