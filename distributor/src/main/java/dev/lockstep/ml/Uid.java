package dev.lockstep.ml;

import org.apache.spark.ml.util.Identifiable$;

/**
 * The uid of a stage while the constructors of Spark's classes run. They make Params, which ask the
 * stage for its uid, before a field of the stage itself can have a value; Spark's own stages are
 * written in Scala, whose fields have theirs by then. A constructor gives the uid to {@link #held}
 * on its way up and takes it back on its way down.
 */
final class Uid {
  private static final ThreadLocal<String> HELD = new ThreadLocal<>();

  private final String value;

  private Uid(String value) {
    this.value = value;
  }

  /** A new uid that begins with a prefix. */
  static String random(String prefix) {
    return Identifiable$.MODULE$.randomUID(prefix);
  }

  /** A uid for the constructors that run before the field that keeps it has its value. */
  static Uid held(String uid) {
    HELD.set(uid);
    return new Uid(uid);
  }

  /**
   * The uid of a stage.
   *
   * @param kept the stage's field; null while Spark's constructors run
   */
  static String of(Uid kept) {
    return kept == null ? HELD.get() : kept.value;
  }

  /** The same, once Spark's constructors have run. */
  Uid released() {
    HELD.remove();
    return this;
  }
}
