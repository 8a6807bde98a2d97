package dev.lockstep.distributor.rendezvous;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.lockstep.data.Json;
import dev.lockstep.distributor.collective.Cause;
import java.nio.charset.StandardCharsets;

/** What a rank tells the driver. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
  @JsonSubTypes.Type(RankMessage.Report.class),
  @JsonSubTypes.Type(RankMessage.Note.class),
  @JsonSubTypes.Type(RankMessage.Warning.class),
  @JsonSubTypes.Type(RankMessage.Gathered.class),
  @JsonSubTypes.Type(RankMessage.Question.class),
  @JsonSubTypes.Type(RankMessage.Failed.class)
})
sealed interface RankMessage {
  /** The rank that it is about. */
  int rank();

  /** The attempt, from 0. */
  int attempt();

  /** Hands it on, if it is one that a listener hears of while ranks run. */
  default void tell(JobListener listener) {}

  /** What the rank is doing, in the words of whoever reports. */
  record Report(int rank, int attempt, String text) implements RankMessage {
    @Override
    public void tell(JobListener listener) {
      listener.report(rank, text);
    }
  }

  /** What a person should read, though nothing went wrong. */
  record Note(int rank, int attempt, String text) implements RankMessage {
    @Override
    public void tell(JobListener listener) {
      listener.noted(rank, text);
    }
  }

  /** What went wrong on the rank, and does not end it. */
  record Warning(int rank, int attempt, String text) implements RankMessage {
    @Override
    public void tell(JobListener listener) {
      listener.warned(rank, text);
    }
  }

  /** What all ranks are to know. */
  record Gathered(int rank, int attempt, String text) implements RankMessage {
    /** Without the text, which may hold the attempt's secret. */
    @Override
    public String toString() {
      return "Gathered of rank %d in attempt %d".formatted(rank, attempt);
    }
  }

  /** What the rank wants to know, in the words of whoever asks. */
  record Question(int rank, int attempt, String text) implements RankMessage {}

  /** The rank failed. */
  record Failed(int rank, int attempt, Cause cause) implements RankMessage {}

  /** As bytes: Spark logs what it cannot deliver, and a text may hold the attempt's secret. */
  default byte[] encode() {
    return Json.line(this).getBytes(StandardCharsets.UTF_8);
  }

  /** The message that was encoded so. */
  static RankMessage decode(byte[] message) {
    return Json.read(new String(message, StandardCharsets.UTF_8), RankMessage.class);
  }
}
