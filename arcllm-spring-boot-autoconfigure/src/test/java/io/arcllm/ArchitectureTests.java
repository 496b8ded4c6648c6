package io.arcllm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.Source;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The directions between packages, and what no code may do.
 */
@AnalyzeClasses(packages = "io.arcllm", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String AUTOCONFIGURE = "io.arcllm.autoconfigure..";

	/** A reader finds one file among so many by its name. */
	private static final int MOST_FILES = 25;

	private static final int MOST_LINES = 400;

	@ArchTest
	static final ArchRule coreKnowsOnlyReactorAndJacksonsAnnotations = classes().that()
		.resideInAPackage("io.arcllm")
		.should()
		.onlyDependOnClassesThat()
		.resideInAnyPackage("io.arcllm", "java..", "reactor..", "org.reactivestreams..", "org.jspecify..",
				"com.fasterxml.jackson.annotation");

	@ArchTest
	static final ArchRule modulesDoNotKnowEachOther = slices().matching("io.arcllm.module.(*)..")
		.should()
		.notDependOnEachOther();

	@ArchTest
	static final ArchRule whatModulesShareKnowsNoModule = noClasses().that()
		.resideInAPackage("io.arcllm.module")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.arcllm.module.*..");

	@ArchTest
	static final ArchRule modulesDoNotKnowTheWire = noClasses().that()
		.resideInAPackage("io.arcllm.module..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.arcllm.provider..", "org.springframework.web..", "org.springframework.http..",
				"tools.jackson..");

	@ArchTest
	static final ArchRule openaiSeesTheSpiAndJson = seesTheSpiAndJson("io.arcllm.provider.openai");

	@ArchTest
	static final ArchRule anthropicSeesTheSpiAndJson = seesTheSpiAndJson("io.arcllm.provider.anthropic");

	@ArchTest
	static final ArchRule ollamaSeesTheSpiAndJson = seesTheSpiAndJson("io.arcllm.provider.ollama");

	@ArchTest
	static final ArchRule theWireHasOneDirection = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("spi")
		.definedBy("io.arcllm.provider")
		.layer("error, key and json")
		.definedBy("io.arcllm.provider.error", "io.arcllm.provider.key", "io.arcllm.provider.json")
		.layer("http")
		.definedBy("io.arcllm.provider.http")
		.whereLayer("http")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("error, key and json")
		.mayOnlyBeAccessedByLayers("http");

	@ArchTest
	static final ArchRule autoConfigurationHasOneDirection = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("config")
		.definedBy("io.arcllm.autoconfigure.config")
		.layer("stack")
		.definedBy("io.arcllm.autoconfigure.stack")
		.layer("module")
		.definedBy("io.arcllm.autoconfigure.module")
		.layer("bridge")
		.definedBy("io.arcllm.autoconfigure.bridge")
		.layer("actuator")
		.definedBy("io.arcllm.autoconfigure.actuator")
		.layer("beans")
		.definedBy("io.arcllm.autoconfigure")
		.whereLayer("beans")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("actuator")
		.mayOnlyBeAccessedByLayers("beans")
		.whereLayer("bridge")
		.mayOnlyBeAccessedByLayers("beans")
		.whereLayer("module")
		.mayOnlyBeAccessedByLayers("beans", "actuator")
		.whereLayer("stack")
		.mayOnlyBeAccessedByLayers("beans", "actuator", "bridge", "module");

	@ArchTest
	static final ArchRule theWireDoesNotKnowModules = noClasses().that()
		.resideInAPackage("io.arcllm.provider..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.arcllm.module..");

	@ArchTest
	static final ArchRule nobodyKnowsAutoConfiguration = noClasses().that()
		.resideOutsideOfPackage(AUTOCONFIGURE)
		.should()
		.dependOnClassesThat()
		.resideInAPackage(AUTOCONFIGURE);

	@ArchTest
	static final ArchRule onlyAutoConfigurationKnowsSpringBoot = onlyThereIsUsed("org.springframework.boot..");

	@ArchTest
	static final ArchRule onlyRetryKnowsSpringRetry = onlyThereIsUsed("org.springframework.retry..",
			"io.arcllm.module.retry..");

	@ArchTest
	static final ArchRule onlyTelemetryKnowsMicrometer = onlyThereIsUsed("io.micrometer..",
			"io.arcllm.module.telemetry..");

	@ArchTest
	static final ArchRule onlyTheCircuitBreakerKnowsResilience4j = onlyThereIsUsed("io.github.resilience4j..",
			"io.arcllm.module.circuitbreaker..");

	@ArchTest
	static final ArchRule onlyTheRateLimitKnowsBucket4j = onlyThereIsUsed("io.github.bucket4j..",
			"io.arcllm.module.ratelimit..");

	@ArchTest
	static final ArchRule onlyRateLimitAndBudgetKnowLettuce = onlyThereIsUsed("io.lettuce..",
			"io.arcllm.module.ratelimit..", "io.arcllm.module.budget..");

	@ArchTest
	static final ArchRule onlyTheCacheKnowsCaffeine = onlyThereIsUsed("com.github.benmanes..",
			"io.arcllm.module.cache..");

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("io.(**)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule modulesNeverWaitForWhatTheyWrap = noClasses().that()
		.resideInAPackage("io.arcllm.module..")
		.should()
		.callMethodWhere(called("LlmProvider.invoke", LlmProvider.class.getName(), "invoke"));

	@ArchTest
	static final ArchRule nothingBlocks = noClasses().should()
		.callMethodWhere(called("block, blockFirst, blockLast or blockOptional", "reactor.core.publisher.", "block"));

	@ArchTest
	static void everyPackageIsNullMarked(JavaClasses classes) {
		classes.stream()
			.map((one) -> one.getPackage())
			.distinct()
			.forEach((one) -> assertThat(one.isAnnotatedWith(NullMarked.class)).as(one.getName()).isTrue());
	}

	@ArchTest
	static void roomsHaveAtMost25FilesButThePublicApi(JavaClasses classes) throws IOException {
		Map<Path, List<Path>> rooms = sources().stream().collect(Collectors.groupingBy(Path::getParent));
		assertThat(rooms).hasSizeGreaterThan(20);
		rooms.forEach((room, files) -> {
			if (!room.endsWith(Path.of("io", "arcllm"))) {
				assertThat(files).as(room.toString()).hasSizeLessThanOrEqualTo(MOST_FILES);
			}
		});
	}

	@ArchTest
	static void noFileIsLongerThan400Lines(JavaClasses classes) throws IOException {
		for (Path source : sources()) {
			assertThat(Files.readAllLines(source)).as(source.toString()).hasSizeLessThanOrEqualTo(MOST_LINES);
		}
	}

	/**
	 * The wire reads times of day that vendors write, and Redis goes by its own clock:
	 * all else must follow a test's time.
	 */
	@ArchTest
	static void onlyTheWireAndRedisGoByTheMachinesClock(JavaClasses classes) {
		Set<String> ofTheMachine = Set.of("java.lang.System.nanoTime", "java.lang.System.currentTimeMillis",
				"java.time.Clock.systemUTC", "java.time.Instant.now");
		assertThat(
				classes.stream()
					.filter((one) -> Stream
						.concat(one.getCodeUnitCallsFromSelf().stream(), one.getCodeUnitReferencesFromSelf().stream())
						.anyMatch((access) -> ofTheMachine
							.contains(access.getTargetOwner().getName() + "." + access.getName())))
					.map((one) -> one.getSource().flatMap(Source::getFileName).orElse(one.getName()))
					.distinct())
			.containsExactlyInAnyOrder("ModuleClock.java", "HttpAnswer.java", "ArcllmAutoConfiguration.java",
					"RedisBuckets.java", "Reachability.java");
	}

	/** A page that sends its reader to files that are gone is worse than none. */
	@ArchTest
	static void pageThatShowsTheWayNamesClassesThatAreThere(JavaClasses classes) throws IOException {
		String page = Files.readString(Path.of("..", "CONTRIBUTING.md"));
		String way = page.substring(page.indexOf("## Find your way"), page.indexOf("## Ways of the code"));
		Set<String> known = sources().stream()
			.map((file) -> file.getFileName().toString().replace(".java", ""))
			.collect(Collectors.toSet());
		List<String> named = Pattern.compile("`(?:[a-z]+\\.)*([A-Z][A-Za-z]+)(?:\\.[a-zA-Z()]+)?`")
			.matcher(way)
			.results()
			.map((found) -> found.group(1))
			.filter((name) -> !name.startsWith("X") && !name.equals("Visitor") && !name.equals("Completed"))
			.toList();
		assertThat(named).hasSizeGreaterThan(30);
		assertThat(known).containsAll(named);
	}

	private static List<Path> sources() throws IOException {
		try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
			return files.filter((file) -> file.toString().endsWith(".java"))
				.filter((file) -> !file.endsWith("package-info.java"))
				.toList();
		}
	}

	private static ArchRule seesTheSpiAndJson(String format) {
		return classes().that()
			.resideInAPackage(format)
			.should()
			.onlyDependOnClassesThat(
					resideInAnyPackage("io.arcllm", "io.arcllm.provider", "io.arcllm.provider.json", format)
						.or(resideOutsideOfPackage("io.arcllm..")));
	}

	private static ArchRule onlyThereIsUsed(String library, String... there) {
		String[] allowed = new String[there.length + 1];
		System.arraycopy(there, 0, allowed, 0, there.length);
		allowed[there.length] = AUTOCONFIGURE;
		return noClasses().that()
			.resideOutsideOfPackages(allowed)
			.should()
			.dependOnClassesThat()
			.resideInAPackage(library)
			.allowEmptyShould(true);
	}

	private static DescribedPredicate<JavaCall<?>> called(String description, String owner, String method) {
		return DescribedPredicate.describe(description, (call) -> call.getName().startsWith(method)
				&& (call.getTargetOwner().getName().startsWith(owner) || call.getTargetOwner().isAssignableTo(owner)));
	}

}
