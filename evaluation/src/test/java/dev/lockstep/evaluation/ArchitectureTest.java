package dev.lockstep.evaluation;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.apache.spark.sql.catalyst.InternalRow;

@AnalyzeClasses(
    packages = "dev.lockstep",
    importOptions = {
      ImportOption.DoNotIncludeTests.class,
      ArchitectureTest.DoNotIncludeTestJars.class
    })
class ArchitectureTest {
  /** Other modules' tests are on the class path as jars. */
  static final class DoNotIncludeTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  private static final String DATA = "dev.lockstep.data..";
  private static final String MODELS = "dev.lockstep.models..";
  private static final String DISTRIBUTOR = "dev.lockstep.distributor..";
  private static final String EVALUATION = "dev.lockstep.evaluation..";
  private static final String CLI = "dev.lockstep.evaluation.cli..";

  @ArchTest
  static final ArchRule DATA_KNOWS_NO_NETWORK =
      noClasses()
          .that()
          .resideInAPackage(DATA)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.djl..", MODELS, DISTRIBUTOR, EVALUATION);

  @ArchTest
  static final ArchRule MODELS_KNOW_NO_SPARK =
      noClasses()
          .that()
          .resideInAPackage(MODELS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "io.delta..", DATA, DISTRIBUTOR, EVALUATION);

  @ArchTest
  static final ArchRule THE_DISTRIBUTOR_KNOWS_NO_EVALUATION =
      noClasses()
          .that()
          .resideInAPackage(DISTRIBUTOR)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(EVALUATION);

  @ArchTest
  static final ArchRule TRAINING_CANNOT_REACH_THE_TEST_SPLIT =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.lockstep.distributor.training..",
              "dev.lockstep.distributor.loop..",
              "dev.lockstep.distributor.step..")
          .should()
          .callMethod(dev.lockstep.data.preparation.PreparedData.class, "test");

  @ArchTest
  static final ArchRule COLLECTIVES_STAND_ALONE =
      noClasses()
          .that()
          .resideInAPackage("dev.lockstep.distributor.collective..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "ai.djl..");

  @ArchTest
  static final ArchRule NO_PACKAGES_ARE_A_CYCLE =
      slices().matching("dev.lockstep.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ONLY_THE_COMMAND_LINE_KNOWS_PICOCLI =
      noClasses()
          .that()
          .resideOutsideOfPackage(CLI)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");

  @ArchTest
  static final ArchRule NOTHING_KNOWS_THE_COMMAND_LINE_BUT_THE_MAIN_CLASS =
      noClasses()
          .that()
          .resideOutsideOfPackage(CLI)
          .and()
          .doNotBelongToAnyOf(Lockstep.class)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(CLI);

  /** But for Catalyst's row, which Spark's public interface for data sources has too. */
  @ArchTest
  static final ArchRule SPARKS_INTERNALS_ARE_BEHIND_ONE_DOOR =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.lockstep..internal.spark..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "org.apache.spark.sql.catalyst..",
                      "org.apache.spark.sql.execution..",
                      "org.apache.spark.rpc..",
                      "org.apache.spark.deploy..",
                      "org.apache.spark.ui..",
                      "org.apache.spark.status..",
                      "org.apache.spark.util.kvstore..",
                      "org.apache.spark.internal..")
                  .and(not(equivalentTo(InternalRow.class))));

  @ArchTest
  static final ArchRule LIBTORCH_IS_BEHIND_ONE_DOOR =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.lockstep.models.engine..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl.pytorch.jni..");
}
