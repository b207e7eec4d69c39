// deno-lint-ignore-file no-console -- it is there to show something.
/**
 * The walk-through that the examples share: log one of everything, and read it all back.
 */
import {
  type Composite,
  createProject,
  getArtifact,
  getDataframe,
  getExperiment,
  getFeature,
  getMetric,
  getParameter,
  getProject,
  listArtifacts,
  listDataframes,
  listExperiments,
  listFeatures,
  listMetrics,
  listParameters,
  listProjects,
  logArtifact,
  logDataframe,
  logExperiment,
  logFeature,
  logMetric,
  logParameter,
  type Project,
  readArtifact,
  readDataframe,
} from "../mod.ts";

/** Logs one of everything. Returns the project, and a function that reads everything back. */
export async function walkthrough(
  rubicon: Composite,
): Promise<{ project: Project; readBack: () => Promise<void> }> {
  const project = await createProject(rubicon, { name: "example_project" });
  const experiment = await logExperiment(rubicon, project, { name: "example_experiment" });
  await logArtifact(rubicon, experiment, {
    name: "example_artifact",
    data: new TextEncoder().encode("bytes of any kind"),
  });
  await logDataframe(rubicon, experiment, {
    name: "example_dataframe",
    rows: [{ x: 0, y: 1, z: 2 }, { x: 1, y: 2, z: 3 }, { x: 2, y: 3, z: 4 }],
  });
  await logFeature(rubicon, experiment, { name: "year" });
  await logMetric(rubicon, experiment, { name: "accuracy", value: 0.8 });
  await logParameter(rubicon, experiment, { name: "n_estimators", value: 100 });
  return { project, readBack: () => readBack(rubicon) };
}

async function readBack(rubicon: Composite): Promise<void> {
  const names = (entities: { name: string | null }[]) =>
    entities.map(({ name }) => name).join(", ");
  const project = await getProject(rubicon, { name: "example_project" });
  console.log(`  projects: ${names(await listProjects(rubicon))}`);
  const experiments = await listExperiments(rubicon, project);
  const experiment = await getExperiment(rubicon, project, { id: experiments[0]!.id });
  console.log(`  project ${project.name}, experiments: ${names(experiments)}`);

  const artifacts = await listArtifacts(rubicon, experiment);
  const artifact = await getArtifact(rubicon, experiment, { id: artifacts[0]!.id });
  const bytes = await readArtifact(rubicon, artifact);
  console.log(`  artifact ${artifact.name}: ${new TextDecoder().decode(bytes)}`);

  const dataframes = await listDataframes(rubicon, experiment);
  const dataframe = await getDataframe(rubicon, experiment, { id: dataframes[0]!.id });
  const { columns, rows } = await readDataframe(rubicon, dataframe);
  console.log(`  dataframe ${dataframe.name}: ${rows.length} × ${columns.length} (${columns})`);

  const [feature] = await listFeatures(rubicon, experiment);
  const { name: year } = await getFeature(rubicon, experiment, { name: feature!.name });
  console.log(`  feature ${year}`);
  const [metric] = await listMetrics(rubicon, experiment);
  const { name, value } = await getMetric(rubicon, experiment, { name: metric!.name });
  console.log(`  metric ${name} = ${value}`);
  const [parameter] = await listParameters(rubicon, experiment);
  const setting = await getParameter(rubicon, experiment, { name: parameter!.name });
  console.log(`  parameter ${setting.name} = ${setting.value}`);
}
