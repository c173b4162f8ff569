//! What a run leaves on the disk, and how it is carried on.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::{fs, io};

use candle_core::{Device, Tensor, Var, safetensors};

use crate::provider::embedded::gguf::Gguf;
use crate::train::gguf_write;
use crate::train::run::{Run, RunError, WORKERS};

impl Run<'_> {
    /// Writes the checkpoint, the weights and the curve.
    pub(super) fn save(&self) -> Result<(), RunError> {
        let mut tensors: HashMap<String, Tensor> = HashMap::new();
        let mut weights = BTreeMap::new();
        for (name, weight) in &self.network.weights {
            tensors.insert(name.clone(), weight.as_tensor().clone());
            weights.insert(
                name.clone(),
                (
                    weight.dims().to_vec(),
                    weight.flatten_all()?.to_vec1::<f32>()?,
                ),
            );
        }
        for (name, (mean, square)) in &self.optimiser.means {
            tensors.insert(
                format!("mean.{name}"),
                Tensor::new(mean.as_slice(), &Device::Cpu)?,
            );
            tensors.insert(
                format!("square.{name}"),
                Tensor::new(square.as_slice(), &Device::Cpu)?,
            );
        }
        tensors.insert(
            "steps".to_owned(),
            Tensor::new(&[i64::from(self.optimiser.steps)], &Device::Cpu)?,
        );
        // Written beside and renamed: a run that is cut while it writes keeps the checkpoint before.
        let beside = self.settings.checkpoint.with_extension("part");
        safetensors::save(&tensors, &beside)?;
        fs::rename(&beside, &self.settings.checkpoint)
            .map_err(|source| file_error(&beside, source))?;
        let file = gguf_write::model(&self.settings.shape, &self.vocabulary, &weights);
        for (path, bytes) in [
            (self.settings.out.clone(), file.as_slice()),
            (
                self.settings.out.with_extension("curve.tsv"),
                self.curve.as_bytes(),
            ),
        ] {
            fs::write(&path, bytes).map_err(|source| file_error(&path, source))?;
        }
        Ok(())
    }

    /// Reads a checkpoint and passes over the batches that were trained.
    pub(super) fn restore(&mut self) -> Result<(), RunError> {
        let path = &self.settings.checkpoint;
        let mut tensors = safetensors::load(path, &Device::Cpu)?;
        let missing = || RunError::Checkpoint { path: path.clone() };
        let steps = tensors
            .remove("steps")
            .ok_or_else(missing)?
            .to_vec1::<i64>()?;
        self.optimiser.steps = steps
            .first()
            .and_then(|steps| i32::try_from(*steps).ok())
            .ok_or_else(missing)?;
        for (name, tensor) in tensors {
            if let Some(name) = name.strip_prefix("mean.") {
                self.optimiser.means.entry(name.to_owned()).or_default().0 = tensor.to_vec1()?;
            } else if let Some(name) = name.strip_prefix("square.") {
                self.optimiser.means.entry(name.to_owned()).or_default().1 = tensor.to_vec1()?;
            } else {
                self.network
                    .weights
                    .insert(name, Var::from_tensor(&tensor)?);
            }
        }
        if let Ok(curve) = fs::read_to_string(self.settings.out.with_extension("curve.tsv")) {
            self.curve = curve;
        }
        let trained = self.step_number() * WORKERS;
        let trained = self.feed.by_ref().take(trained);
        self.tokens = trained.map(|batch| batch.tokens.len()).sum();
        Ok(())
    }
}

impl Run<'_> {
    /// Takes the first weights from a GGUF: rounded to its blocks, which a few steps mend.
    pub(super) fn begin_from(&mut self, path: &Path) -> Result<(), RunError> {
        let bytes = fs::read(path).map_err(|source| file_error(path, source))?;
        let refused = |reason: String| RunError::From {
            path: path.to_owned(),
            reason,
        };
        let file = Gguf::read(&bytes).map_err(|error| refused(error.to_string()))?;
        for (name, weight) in &self.network.weights {
            let tensor = file
                .tensor(name)
                .ok_or_else(|| refused(format!("it has no `{name}`")))?;
            // A GGUF names the size of a row first.
            let sizes: Vec<u64> = weight
                .dims()
                .iter()
                .rev()
                .map(|size| *size as u64)
                .collect();
            if tensor.shape() != sizes {
                return Err(refused(format!("`{name}` has another size")));
            }
            weight.set(&Tensor::from_vec(
                tensor.to_f32(),
                weight.shape().clone(),
                &Device::Cpu,
            )?)?;
        }
        Ok(())
    }
}

fn file_error(path: &Path, source: io::Error) -> RunError {
    RunError::File {
        path: path.to_owned(),
        source,
    }
}
