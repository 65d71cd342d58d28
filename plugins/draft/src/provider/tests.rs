//! The contract suite over every model, and what the draft provider adds to the contract.

use super::*;
use kinora_provider::{
    ImageRequest, LipSyncRequest, MusicRequest, SizePx, SoundEffectRequest, SpeechRequest, VideoRequest,
    VoiceConversionRequest, contract::Suite,
};
use std::path::Path;

fn provider() -> DraftProvider {
    DraftProvider::default()
}

/// Not smaller: up to about 320x180 the encoded bytes have been seen to differ between runs (the painted frames do
/// not), so the promise of same bytes is only checked, and only known to hold, from 640x360 up.
fn small_video(duration_secs: f64) -> GenerationRequest {
    let mut video = VideoRequest::new("previs", "A storm over the lake", duration_secs);
    video.size_px = Some(SizePx { width_px: 640, height_px: 360 });
    GenerationRequest::Video(video)
}

fn ticket(folder: &Path, job_id: &str) -> JobTicket {
    let work_dir = folder.join(job_id);
    std::fs::create_dir_all(&work_dir).unwrap();
    JobTicket { job_id: job_id.into(), work_dir }
}

/// Runs one request to its end and gives the path of its file.
async fn made(provider: &DraftProvider, ticket: &JobTicket, request: GenerationRequest) -> std::path::PathBuf {
    let submitted = provider.submit(ticket.clone(), request).await.unwrap();
    loop {
        match provider.poll(ticket.clone(), &submitted.vendor_id).await.unwrap() {
            JobState::Succeeded(output) => match &output.files[0].source {
                kinora_provider::OutputSource::File(path) => return path.clone(),
                kinora_provider::OutputSource::Url(url) => panic!("{url}"),
            },
            state if state.is_final() => panic!("{state:?}"),
            _ => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
        }
    }
}

#[test]
fn every_model_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (clip, voice) = runtime.block_on(async {
        let provider = provider();
        let line = GenerationRequest::Speech(SpeechRequest::new("voice", "Aubrey", "Where am I?"));
        let clip = made(&provider, &ticket(folder.path(), "clip"), small_video(1.0)).await;
        (clip, made(&provider, &ticket(folder.path(), "line"), line).await)
    });
    let mut still = ImageRequest::new("still", "The lake at dawn");
    still.size_px = Some(SizePx { width_px: 64, height_px: 36 });
    let reshape = VoiceConversionRequest {
        model: "reshape".into(),
        recording: voice.clone(),
        speaker: "Lord Ruthven".into(),
        ..VoiceConversionRequest::default()
    };
    let sync = LipSyncRequest {
        model: "sync".into(),
        picture: LipSyncPicture::Video(clip),
        voice,
        prompt: String::new(),
        duration_secs: None,
        seed: None,
        parameters: kinora_provider::Parameters::new(),
    };
    Suite::new(DraftProvider::default)
        .case(small_video(0.5))
        .case(GenerationRequest::Image(still))
        .case(GenerationRequest::Speech(SpeechRequest::new("voice", "Ianthe", "Do not go to the wood.")))
        .case(GenerationRequest::VoiceConversion(reshape))
        .case(GenerationRequest::LipSync(sync))
        .case(GenerationRequest::Music(MusicRequest::new("score", "tense", 4.0)))
        .case(GenerationRequest::SoundEffect(SoundEffectRequest::new("atmos", "rain", 3.0)))
        .cancel_case(small_video(100.0))
        .cancel_case(GenerationRequest::Music(MusicRequest::new("score", "sorrowful", 600.0)))
        .check();
}

#[test]
fn a_wrong_voice_or_a_still_to_sync_is_refused_by_its_field() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("still.png");
    image::RgbImage::new(2, 2).save(&picture).unwrap();
    let line =
        SpeechRequest { voice_id: Some("draft:nobody".into()), ..SpeechRequest::new("voice", "Aubrey", "Hello") };
    let sync = LipSyncRequest {
        model: "sync".into(),
        picture: LipSyncPicture::Image(picture.clone()),
        voice: picture,
        prompt: String::new(),
        duration_secs: None,
        seed: None,
        parameters: kinora_provider::Parameters::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (request, field) in
        [(GenerationRequest::Speech(line), "voice_id"), (GenerationRequest::LipSync(sync), "picture")]
    {
        let answer = runtime.block_on(provider().submit(ticket(folder.path(), field), request));
        assert_eq!(answer.unwrap_err().fields(), [field]);
    }
}

#[test]
fn a_job_handed_in_twice_is_one_job() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let (provider, ticket) = (provider(), ticket(folder.path(), "once"));
        let first = made(&provider, &ticket, small_video(0.5)).await;
        let written = std::fs::metadata(&first).unwrap().modified().unwrap();
        let again = provider.submit(ticket.clone(), small_video(0.5)).await.unwrap();
        assert!(matches!(again.state, JobState::Succeeded(_)), "{again:?}");
        assert_eq!(std::fs::metadata(&first).unwrap().modified().unwrap(), written, "it was made again");
        assert_eq!(provider.find_lost(ticket, &small_video(0.5)).await.unwrap(), Some(again));
    });
}

#[test]
fn a_state_file_that_points_elsewhere_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let ticket = ticket(folder.path(), "hostile");
    let state = r#"{"vendor_id":"draft-hostile","state":{"state":"succeeded","files":[
        {"kind":"audio","source":{"file":"/etc/hostname"},"media_type":"audio/wav"}]}}"#;
    for text in [state, "{", "[]", &"[".repeat(100_000)] {
        kinora_core::store::write_atomic(&ticket.work_dir.join("draft_job.json"), text.as_bytes()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(provider().poll(ticket.clone(), "draft-hostile"));
        assert!(matches!(answer, Err(ProviderError::JobNotFound { .. })), "{answer:?}");
    }
}
