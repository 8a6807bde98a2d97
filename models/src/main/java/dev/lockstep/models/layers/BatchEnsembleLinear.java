package dev.lockstep.models.layers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import dev.lockstep.models.Initial;

/**
 * The linear layer of an ensemble whose members share most of their weights: member i computes
 * {@code s_i * (W (r_i * x)) + b_i} with a shared W (Wen, Tran and Ba, "BatchEnsemble", ICLR 2020;
 * Gorishniy, Kotelnikov and Babenko, "TabM", ICLR 2025). One matrix product serves all members.
 *
 * <p>With a rank above 1 a member has several pairs (r, s) whose terms are added, which is a weight
 * matrix W times a matrix of that rank, element by element. The further terms begin at 0, with
 * random signs within, so that the layer begins as one of rank 1.
 */
public final class BatchEnsembleLinear extends Layer {
  private final int members;
  private final int rank;
  private final int inputs;
  private final int outputs;
  private final Parameter weight;
  private final Parameter scaleIn;
  private final Parameter scaleOut;
  private final Parameter moreIn;
  private final Parameter moreOut;
  private final Parameter bias;

  /**
   * A layer of {@code members} members.
   *
   * @param rank pairs of scales of a member, at least 1
   * @param first where the input scales begin: random signs in an ensemble's first layer, 1 in
   *     others, so that members begin alike but for the first layer
   */
  public BatchEnsembleLinear(int members, int rank, int inputs, int outputs, Initial first) {
    this.members = members;
    this.rank = rank;
    this.inputs = inputs;
    this.outputs = outputs;
    double bound = 1 / Math.sqrt(inputs);
    Initial uniform = new Initial.Uniform(bound);
    weight = parameter("weight", Parameter.Type.WEIGHT, uniform, outputs, inputs);
    scaleIn = parameter("scaleIn", Parameter.Type.OTHER, first, members, 1, inputs);
    Initial one = new Initial.Constant(1);
    scaleOut = parameter("scaleOut", Parameter.Type.OTHER, one, members, 1, outputs);
    int more = rank - 1;
    Initial sign = new Initial.Sign();
    Initial zero = new Initial.Constant(0);
    moreIn = more > 0 ? scales("moreIn", sign, members, more, inputs) : null;
    moreOut = more > 0 ? scales("moreOut", zero, members, more, outputs) : null;
    Initial alike = new Initial.Repeated(uniform, outputs);
    bias = parameter("bias", Parameter.Type.BIAS, alike, members, outputs);
  }

  private Parameter scales(String name, Initial initial, long... shape) {
    return parameter(name, Parameter.Type.OTHER, initial, shape);
  }

  /** All scales of a kind, {@code [members, rank, features]}. */
  private NDArray all(
      ParameterStore store, Parameter one, Parameter more, NDArray like, boolean training) {
    NDArray first = value(store, one, like, training);
    return more == null ? first : first.concat(value(store, more, like, training), 1);
  }

  /**
   * From {@code [batch, inputs]}, the same for all members, or {@code [batch, members, inputs]} to
   * {@code [batch, members, outputs]}.
   */
  @Override
  public NDArray apply(ParameterStore store, NDArray x, boolean training) {
    NDArray r = all(store, scaleIn, moreIn, x, training);
    NDArray s = all(store, scaleOut, moreOut, x, training);
    NDArray b = value(store, bias, x, training);
    boolean shared = x.getShape().dimension() == 2;
    NDArray scaled = x.reshape(new Shape(-1, shared ? 1 : members, 1, inputs)).mul(r);
    NDArray w = value(store, weight, x, training);
    NDArray product = Linear.linear(scaled.reshape(-1, inputs), w).singletonOrThrow();
    NDArray all = product.reshape(new Shape(-1, members, rank, outputs)).mul(s);
    NDArray terms =
        rank == 1 ? all.reshape(new Shape(-1, members, outputs)) : all.sum(new int[] {2});
    return terms.add(b);
  }
}
