package dev.lockstep.distributor.rendezvous;

import dev.lockstep.distributor.internal.spark.DriverEndpoint;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What ranks tell the driver while they run. Messages are bytes: they need no class of ours on
 * either side.
 */
final class DriverInbox implements AutoCloseable {
  private final Consumer<RankMessage> receiver;
  private final Predicate<RankMessage.Question> answers;
  private final DriverAllGather gathering;
  private final DriverEndpoint endpoint;

  /**
   * An inbox that is open.
   *
   * @param worldSize number of ranks
   * @param receiver hears what ranks tell the driver
   * @param answers answers what they ask
   */
  DriverInbox(
      int worldSize, Consumer<RankMessage> receiver, Predicate<RankMessage.Question> answers) {
    this.receiver = receiver;
    this.answers = answers;
    this.gathering = new DriverAllGather(worldSize);
    this.endpoint =
        new DriverEndpoint(bytes -> receiver.accept(RankMessage.decode(bytes)), this::answer);
  }

  /** The name under which ranks find the inbox. */
  String name() {
    return endpoint.name();
  }

  /** For a message that must have arrived before its sender goes on, or waits for the others'. */
  private void answer(byte[] bytes, Consumer<Object> reply) {
    RankMessage message = RankMessage.decode(bytes);
    receiver.accept(message);
    if (message instanceof RankMessage.Gathered words) {
      gathering.add(words.rank(), words.text(), reply::accept);
    } else if (message instanceof RankMessage.Question question) {
      reply.accept(answers.test(question));
    } else {
      reply.accept(true);
    }
  }

  @Override
  public void close() {
    endpoint.close();
  }
}
